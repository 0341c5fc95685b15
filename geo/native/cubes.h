/* Cubes: space cut in eight wherever many are, and how many of each kind are in each cube. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CROWDED = 32, SPARSE = 12, FINE = 12, COARSE = 31, NONE = -1 };
enum { EDGE = 700000000, LINE = 64, FEW = 32 };

typedef struct {
    int32_t x, y, z, code, slot;
} Entry;

typedef struct {
    int32_t code, count;
} Kind;

/* What a search reads of a cube is one line of the processor's cache. */
typedef struct {
    int32_t x, y, z; /* the low corner */
    int32_t total;
    uint64_t presence; /* a bit for each code in it, the same for codes 64 apart */
    union {
        int32_t child[8];
        Entry *entries; /* of a leaf */
    };
    int32_t room;
    uint8_t shift, leaf; /* the edge as a power of two */
} Node;

/* What only changes read. */
typedef struct {
    int32_t parent, kinds, kinds_room;
    Kind *counts;
} Detail;

typedef struct {
    uint64_t bound;
    int32_t node;
} Waiting;

typedef struct {
    int64_t square, slot, code;
} Row;

/* First what whoever asked reads afterwards, each crowd its own: others may be asked meanwhile. */
typedef struct {
    Row *rows;
    int64_t limit, ties;
    int64_t *counts;
    Row few[FEW];
    size_t rows_room, counts_room;
    Node *nodes;
    Detail *details;
    int32_t *leaf_of, *place_of;
    int64_t *times;
    uint8_t *apart;
    size_t nodes_made, nodes_room, slots, slots_room;
    int32_t free, top; /* the smallest cube that all are in, or the root where that is not known */
} Crowd;

typedef struct {
    int64_t x, y, z;
} Point;

static int grow(void *field, size_t *room, size_t needed, size_t size) {
    void **memory = field;
    size_t more = *room ? *room : 16;
    if (needed <= *room) return 1;
    while (more < needed) more *= 2;
    void *grown = realloc(*memory, more * size);
    if (!grown) return 0;
    *memory = grown;
    *room = more;
    return 1;
}

static int grow_small(void *field, int32_t *room, int32_t needed, size_t size) {
    void **memory = field;
    int32_t more = *room ? *room : 2;
    if (needed <= *room) return 1;
    while (more < needed) more *= 2;
    void *grown = realloc(*memory, (size_t)more * size);
    if (!grown) return 0;
    *memory = grown;
    *room = more;
    return 1;
}

static uint64_t bit(int32_t code) { return 1ull << (code & 63); }

/* ---- cubes ---- */

static int more_nodes(Crowd *crowd) {
    size_t room = crowd->nodes_room, more = room ? 2 * room : 16;
    void *nodes = NULL;
    if (crowd->nodes_made < room) return 1;
    if (!grow(&crowd->details, &room, more, sizeof(Detail))) return 0;
    if (posix_memalign(&nodes, LINE, more * sizeof(Node))) return 0;
    if (crowd->nodes) memcpy(nodes, crowd->nodes, crowd->nodes_made * sizeof(Node));
    free(crowd->nodes);
    crowd->nodes = nodes, crowd->nodes_room = more;
    return 1;
}

static int32_t new_node(Crowd *crowd, int32_t parent, int32_t x, int32_t y, int32_t z, int shift) {
    int32_t number = crowd->free;
    crowd->top = 0;
    if (number != NONE) {
        crowd->free = crowd->details[number].parent;
    } else {
        if (!more_nodes(crowd)) return NONE;
        number = (int32_t)crowd->nodes_made++;
    }
    crowd->details[number] = (Detail){.parent = parent};
    crowd->nodes[number] =
        (Node){.x = x, .y = y, .z = z, .entries = NULL, .shift = (uint8_t)shift, .leaf = 1};
    return number;
}

static void forget_node(Crowd *crowd, int32_t number) {
    Node *node = &crowd->nodes[number];
    if (node->leaf) free(node->entries);
    free(crowd->details[number].counts);
    node->leaf = 1, node->entries = NULL;
    crowd->details[number] = (Detail){.parent = crowd->free};
    crowd->free = number;
}

static int count_in(Crowd *crowd, int32_t number, int32_t code) {
    Node *node = &crowd->nodes[number];
    Detail *detail = &crowd->details[number];
    Kind *counts = detail->counts;
    for (int32_t which = 0; which < detail->kinds; which++)
        if (counts[which].code == code) {
            counts[which].count++, node->total++;
            return 1;
        }
    if (!grow_small(&detail->counts, &detail->kinds_room, detail->kinds + 1, sizeof(Kind)))
        return 0;
    detail->counts[detail->kinds++] = (Kind){code, 1};
    node->presence |= bit(code), node->total++;
    return 1;
}

static void count_out(Crowd *crowd, int32_t number, int32_t code) {
    Node *node = &crowd->nodes[number];
    Detail *detail = &crowd->details[number];
    int32_t which = 0;
    while (detail->counts[which].code != code) which++;
    node->total--;
    if (--detail->counts[which].count) return;
    detail->counts[which] = detail->counts[--detail->kinds];
    node->presence = 0;
    for (which = 0; which < detail->kinds; which++)
        node->presence |= bit(detail->counts[which].code);
}

static int octant(const Node *node, const Entry *entry) {
    int shift = node->shift - 1;
    return (int)((((int64_t)entry->x - node->x) >> shift & 1) |
                 (((int64_t)entry->y - node->y) >> shift & 1) << 1 |
                 (((int64_t)entry->z - node->z) >> shift & 1) << 2);
}

static int32_t child_for(Crowd *crowd, int32_t number, const Entry *entry) {
    int which = octant(&crowd->nodes[number], entry);
    int32_t found = crowd->nodes[number].child[which];
    if (found != NONE) return found;
    Node node = crowd->nodes[number];
    int64_t half = 1ll << (node.shift - 1);
    found = new_node(crowd, number, (int32_t)(node.x + (which & 1 ? half : 0)),
                     (int32_t)(node.y + (which & 2 ? half : 0)),
                     (int32_t)(node.z + (which & 4 ? half : 0)), node.shift - 1);
    if (found != NONE) crowd->nodes[number].child[which] = found;
    return found;
}

/* Into a leaf, whose counts and those above know of it already. */
static int lay(Crowd *crowd, int32_t number, const Entry *entry, int32_t place) {
    Node *leaf = &crowd->nodes[number];
    if (!grow_small(&leaf->entries, &leaf->room, place + 1, sizeof(Entry))) return 0;
    leaf->entries[place] = *entry;
    crowd->leaf_of[entry->slot] = number, crowd->place_of[entry->slot] = place;
    return 1;
}

static int split(Crowd *crowd, int32_t number) {
    Entry *entries = crowd->nodes[number].entries;
    int32_t total = crowd->nodes[number].total;
    crowd->nodes[number].room = crowd->nodes[number].leaf = 0;
    for (int which = 0; which < 8; which++) crowd->nodes[number].child[which] = NONE;
    for (int32_t which = 0; which < total; which++) {
        int32_t child = child_for(crowd, number, &entries[which]);
        if (child == NONE) return 0;
        int32_t place = crowd->nodes[child].total;
        if (!count_in(crowd, child, entries[which].code)) return 0;
        if (!lay(crowd, child, &entries[which], place)) return 0;
    }
    free(entries);
    return 1;
}

static int enter(Crowd *crowd, const Entry *entry) {
    int32_t number = 0;
    for (;;) {
        Node *node = &crowd->nodes[number];
        if (node->leaf) {
            if (node->total < CROWDED || node->shift <= FINE) break;
            if (!split(crowd, number)) return 0;
        }
        if (!count_in(crowd, number, entry->code)) return 0;
        number = child_for(crowd, number, entry);
        if (number == NONE) return 0;
    }
    int32_t place = crowd->nodes[number].total;
    return count_in(crowd, number, entry->code) && lay(crowd, number, entry, place);
}

static int32_t gather(Crowd *crowd, int32_t number, int32_t into, int32_t place) {
    Node *node = &crowd->nodes[number];
    if (node->leaf) {
        for (int32_t which = 0; which < node->total; which++)
            lay(crowd, into, &node->entries[which], place++);
    } else {
        for (int which = 0; which < 8; which++)
            if (node->child[which] != NONE) place = gather(crowd, node->child[which], into, place);
    }
    forget_node(crowd, number);
    return place;
}

/* What few are left in a cube that was cut lie in it as a whole again. */
static void merge(Crowd *crowd, int32_t number) {
    Node *node = &crowd->nodes[number];
    Entry *entries = malloc((SPARSE + 1) * sizeof(Entry));
    int32_t children[8], place = 0;
    if (!entries) return; /* as it was */
    crowd->top = 0;
    memcpy(children, node->child, sizeof children);
    node->entries = entries, node->room = SPARSE + 1, node->leaf = 1;
    for (int which = 0; which < 8; which++)
        if (children[which] != NONE) place = gather(crowd, children[which], number, place);
}

static Entry out(Crowd *crowd, int32_t slot) {
    int32_t number = crowd->leaf_of[slot], place = crowd->place_of[slot], highest = NONE;
    Node *leaf = &crowd->nodes[number];
    Entry gone = leaf->entries[place];
    leaf->entries[place] = leaf->entries[leaf->total - 1];
    crowd->place_of[leaf->entries[place].slot] = place;
    for (; number != NONE; number = crowd->details[number].parent) {
        Node *node = &crowd->nodes[number];
        count_out(crowd, number, gone.code);
        if (!node->leaf && node->total <= SPARSE) highest = number;
    }
    if (highest != NONE) merge(crowd, highest);
    return gone;
}

static int32_t top(Crowd *crowd) {
    int32_t number = crowd->top;
    for (;;) {
        const Node *node = &crowd->nodes[number];
        int32_t only = NONE;
        if (node->leaf) break;
        for (int which = 0; which < 8; which++) {
            if (node->child[which] == NONE) continue;
            if (only != NONE) return crowd->top = number;
            only = node->child[which];
        }
        number = only;
    }
    return crowd->top = number;
}
