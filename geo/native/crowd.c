/* The organizations of one skill in space, so that the nearest of some kinds cost what they are,
 * not how many there are. geo/nearest.py says the same in Python and is the reference: both give
 * the same answers, on integers alone. Whoever calls holds the interpreter's lock.
 *
 * A search passes over cubes that hold nobody it wants or lie too far away; a count does not look
 * into those that lie within.
 */
#include "cubes.h"

#ifndef SOURCE
#define SOURCE ""
#endif

/* ---- distances ---- */

typedef struct {
    int64_t low[3], edge;
} Cube;

/* Of one of the eight cubes inside: its own memory need not be looked at. */
static Cube inside(const Node *node, int which) {
    int64_t half = 1ll << (node->shift - 1);
    return (Cube){{node->x + (which & 1 ? half : 0), node->y + (which & 2 ? half : 0),
                   node->z + (which & 4 ? half : 0)},
                  half - 1};
}

static Cube cube_of(const Node *node) {
    return (Cube){{node->x, node->y, node->z}, (1ll << node->shift) - 1};
}

static uint64_t between(Cube cube, const Point *from) {
    int64_t at[3] = {from->x, from->y, from->z};
    uint64_t square = 0;
    for (int axis = 0; axis < 3; axis++) {
        int64_t low = cube.low[axis] - at[axis], high = low + cube.edge;
        int64_t beyond = low > 0 ? low : high < 0 ? high : 0;
        square += (uint64_t)(beyond * beyond);
    }
    return square;
}

static uint64_t far_end(Cube cube, const Point *from) {
    int64_t at[3] = {from->x, from->y, from->z};
    uint64_t square = 0;
    for (int axis = 0; axis < 3; axis++) {
        int64_t low = cube.low[axis] - at[axis], high = low + cube.edge;
        int64_t most = -low > high ? -low : high;
        square += (uint64_t)(most * most);
    }
    return square;
}

static int64_t square_of(const Entry *entry, const Point *from) {
    int64_t x = entry->x - from->x, y = entry->y - from->y, z = entry->z - from->z;
    return x * x + y * y + z * z;
}

/* ---- what all searches use, one after the other ---- */

/* Within one call alone: whoever calls holds the interpreter's lock. */
static Waiting *heap;
static int64_t *best;
static size_t heap_room, best_room;

static int push(size_t *size, uint64_t bound, int32_t node) {
    if (!grow(&heap, &heap_room, *size + 1, sizeof(Waiting))) return 0;
    size_t at = (*size)++;
    for (; at && heap[(at - 1) / 2].bound > bound; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = (Waiting){bound, node};
    return 1;
}

static Waiting pop(size_t *size) {
    Waiting first = heap[0], last = heap[--*size];
    size_t at = 0;
    for (;;) {
        size_t next = 2 * at + 1;
        if (next >= *size) break;
        if (next + 1 < *size && heap[next + 1].bound < heap[next].bound) next++;
        if (heap[next].bound >= last.bound) break;
        heap[at] = heap[next];
        at = next;
    }
    heap[at] = last;
    return first;
}

/* The squares of the nearest so many, the greatest first. */
static void keep(size_t *size, size_t count, int64_t square) {
    size_t at;
    if (*size < count) {
        at = (*size)++;
        for (; at && best[(at - 1) / 2] < square; at = (at - 1) / 2) best[at] = best[(at - 1) / 2];
    } else {
        if (square >= best[0]) return;
        at = 0;
        for (;;) {
            size_t next = 2 * at + 1;
            if (next >= count) break;
            if (next + 1 < count && best[next + 1] > best[next]) next++;
            if (best[next] <= square) break;
            best[at] = best[next];
            at = next;
        }
    }
    best[at] = square;
}

static int by_square(const void *one, const void *other) {
    int64_t a = ((const Row *)one)->square, b = ((const Row *)other)->square;
    return (a > b) - (a < b);
}

static void sort(Row *rows, size_t count) {
    if (count > 48) {
        qsort(rows, count, sizeof(Row), by_square);
        return;
    }
    for (size_t which = 1; which < count; which++) {
        Row row = rows[which];
        size_t at = which;
        for (; at && rows[at - 1].square > row.square; at--) rows[at] = rows[at - 1];
        rows[at] = row;
    }
}

/* ---- what Python calls ---- */

const char *crowd_source(void) { return SOURCE; }

void crowd_free(Crowd *crowd) {
    if (!crowd) return;
    for (size_t number = 0; number < crowd->nodes_made; number++) {
        if (crowd->nodes[number].leaf) free(crowd->nodes[number].entries);
        free(crowd->details[number].counts);
    }
    free(crowd->nodes), free(crowd->details), free(crowd->leaf_of), free(crowd->place_of);
    free(crowd->times), free(crowd->apart), free(crowd->rows), free(crowd->counts), free(crowd);
}

Crowd *crowd_new(void) {
    Crowd *crowd = calloc(1, sizeof(Crowd));
    if (!crowd) return NULL;
    crowd->free = NONE;
    int32_t low = -(1 << 30);
    if (new_node(crowd, NONE, low, low, low, COARSE) == NONE) {
        crowd_free(crowd);
        return NULL;
    }
    return crowd;
}

static int more_slots(Crowd *crowd, size_t needed) {
    size_t leaves = crowd->slots_room, places = leaves, times = leaves, aparts = leaves;
    if (needed <= leaves) return 1;
    if (!grow(&crowd->leaf_of, &leaves, needed, sizeof(int32_t))) return 0;
    if (!grow(&crowd->place_of, &places, needed, sizeof(int32_t))) return 0;
    if (!grow(&crowd->times, &times, needed, 2 * sizeof(int64_t))) return 0;
    if (!grow(&crowd->apart, &aparts, needed, 1)) return 0;
    memset(crowd->apart + crowd->slots_room, 0, aparts - crowd->slots_room);
    crowd->slots_room = leaves;
    return 1;
}

static int outside(int64_t value) { return value < -EDGE || value > EDGE; }

/* 1: put in or changed; 0: it was the same; -1: no memory; -2: not on Earth. */
int crowd_put(Crowd *crowd, int64_t slot, int64_t x, int64_t y, int64_t z, int64_t code,
              int64_t first, int64_t second) {
    if (outside(x) || outside(y) || outside(z) || code < 0 || code > INT32_MAX) return -2;
    Entry entry = {(int32_t)x, (int32_t)y, (int32_t)z, (int32_t)code, (int32_t)slot};
    if (!more_slots(crowd, (size_t)slot + 1)) return -1;
    int64_t *times = crowd->times + 2 * slot;
    if ((size_t)slot < crowd->slots) {
        Node *leaf = &crowd->nodes[crowd->leaf_of[slot]];
        int same = !memcmp(&leaf->entries[crowd->place_of[slot]], &entry, sizeof entry);
        if (same && times[0] == first && times[1] == second) return 0;
        times[0] = first, times[1] = second;
        if (same) return 1;
        out(crowd, (int32_t)slot);
    } else {
        crowd->slots = (size_t)slot + 1;
        times[0] = first, times[1] = second;
    }
    return enter(crowd, &entry) ? 1 : -1;
}

/* The last one takes its slot. */
void crowd_remove(Crowd *crowd, int64_t slot) {
    size_t last = crowd->slots - 1;
    out(crowd, (int32_t)slot);
    if ((size_t)slot != last) {
        int32_t leaf = crowd->leaf_of[slot] = crowd->leaf_of[last];
        int32_t place = crowd->place_of[slot] = crowd->place_of[last];
        crowd->nodes[leaf].entries[place].slot = (int32_t)slot;
        memcpy(crowd->times + 2 * slot, crowd->times + 2 * last, 2 * sizeof(int64_t));
    }
    crowd->slots--;
}

int64_t crowd_code(Crowd *crowd, int64_t slot) {
    return crowd->nodes[crowd->leaf_of[slot]].entries[crowd->place_of[slot]].code;
}

int64_t crowd_time(Crowd *crowd, int64_t slot, int64_t which) {
    return crowd->times[2 * slot + which];
}

static uint64_t presence(const uint8_t *wanted, int64_t codes) {
    uint64_t bits = 0;
    if (!wanted) return UINT64_MAX;
    for (int64_t code = 0; code < codes; code++)
        if (wanted[code]) bits |= bit((int32_t)code);
    return bits;
}

/* How many of the wanted codes (NULL: of any) are farther than `beyond` and no farther than the
 * limit: `most`, or what the nearest `count` of them do not exceed. They are in `rows`, in the
 * order of their squares, and if they are few in `few`; `limit` and whether any two are as near
 * (`ties`) are beside. -1: no memory. */
int64_t crowd_nearest(Crowd *crowd, int64_t x, int64_t y, int64_t z, int64_t beyond, int64_t most,
                      int64_t count, const uint8_t *wanted, int64_t codes) {
    Point from = {x, y, z};
    uint64_t bits = presence(wanted, codes);
    size_t waiting = 0, nearest = 0, found = 0, kept = 0;
    int64_t limit = most;
    if (count < 1 || most < 0) {
        crowd->limit = most, crowd->ties = 0;
        return 0;
    }
    if ((size_t)count > crowd->slots) count = (int64_t)crowd->slots + 1;
    if (!grow(&best, &best_room, (size_t)count, sizeof(int64_t))) return -1;
    if (!push(&waiting, 0, top(crowd))) return -1;
    while (waiting) {
        Waiting next = pop(&waiting);
        if (next.bound > (uint64_t)limit) break;
        Node *node = &crowd->nodes[next.node];
        if (!(node->presence & bits)) continue;
        if (!node->leaf) {
            for (int which = 0; which < 8; which++) {
                if (node->child[which] == NONE) continue;
                Cube cube = inside(node, which);
                uint64_t bound = between(cube, &from);
                if (bound > (uint64_t)limit) continue;
                if (beyond >= 0 && far_end(cube, &from) <= (uint64_t)beyond) continue;
                __builtin_prefetch(&crowd->nodes[node->child[which]]);
                if (!push(&waiting, bound, node->child[which])) return -1;
            }
            continue;
        }
        if (!grow(&crowd->rows, &crowd->rows_room, found + (size_t)node->total, sizeof(Row)))
            return -1;
        for (int32_t which = 0; which < node->total; which++) {
            const Entry *entry = &node->entries[which];
            if (wanted && (entry->code >= codes || !wanted[entry->code])) continue;
            int64_t square = square_of(entry, &from);
            if (square > limit || square <= beyond) continue;
            crowd->rows[found++] = (Row){square, entry->slot, entry->code};
            keep(&nearest, (size_t)count, square);
            if (nearest == (size_t)count && best[0] < limit) limit = best[0];
        }
    }
    for (size_t which = 0; which < found; which++)
        if (crowd->rows[which].square <= limit) crowd->rows[kept++] = crowd->rows[which];
    sort(crowd->rows, kept);
    crowd->limit = limit, crowd->ties = 0;
    for (size_t which = 1; which < kept; which++)
        crowd->ties |= crowd->rows[which].square == crowd->rows[which - 1].square;
    if (kept && kept <= FEW) memcpy(crowd->few, crowd->rows, kept * sizeof(Row));
    return (int64_t)kept;
}

/* Into `counts`, how many of each code, of so many, are no farther than `most`. -1: no memory. */
int crowd_counts(Crowd *crowd, int64_t x, int64_t y, int64_t z, int64_t most, int64_t codes) {
    Point from = {x, y, z};
    size_t waiting = 0;
    if (!grow(&crowd->counts, &crowd->counts_room, (size_t)codes + 1, sizeof(int64_t))) return -1;
    memset(crowd->counts, 0, (size_t)codes * sizeof(int64_t));
    if (most < 0) return 0;
    if (!grow(&heap, &heap_room, 1, sizeof(Waiting))) return -1;
    heap[waiting++].node = top(crowd);
    while (waiting) { /* here a stack: in whatever order */
        Node *node = &crowd->nodes[heap[--waiting].node];
        if (!node->total || between(cube_of(node), &from) > (uint64_t)most) continue;
        if (far_end(cube_of(node), &from) <= (uint64_t)most) {
            const Detail *detail = &crowd->details[node - crowd->nodes];
            for (int32_t which = 0; which < detail->kinds; which++)
                if (detail->counts[which].code < codes)
                    crowd->counts[detail->counts[which].code] += detail->counts[which].count;
        } else if (node->leaf) {
            for (int32_t which = 0; which < node->total; which++) {
                const Entry *entry = &node->entries[which];
                if (entry->code < codes && square_of(entry, &from) <= most)
                    crowd->counts[entry->code]++;
            }
        } else {
            if (!grow(&heap, &heap_room, waiting + 8, sizeof(Waiting))) return -1;
            for (int which = 0; which < 8; which++)
                if (node->child[which] != NONE) heap[waiting++].node = node->child[which];
        }
    }
    return 0;
}

/* The least first or second time of the wanted codes no farther than `most`, but for some slots,
 * into `limit`: 1; 0 where there are none. -1: no memory. */
int crowd_earliest(Crowd *crowd, int64_t x, int64_t y, int64_t z, int64_t most, int64_t which_time,
                   const uint8_t *wanted, int64_t codes, const int32_t *apart, int64_t aparts) {
    Point from = {x, y, z};
    uint64_t bits = presence(wanted, codes);
    size_t waiting = 0;
    int found = 0;
    if (most < 0) return 0;
    if (!grow(&heap, &heap_room, 1, sizeof(Waiting))) return -1;
    for (int64_t which = 0; which < aparts; which++) crowd->apart[apart[which]] = 1;
    heap[waiting++].node = top(crowd);
    while (waiting) {
        Node *node = &crowd->nodes[heap[--waiting].node];
        if (!(node->presence & bits) || between(cube_of(node), &from) > (uint64_t)most) continue;
        if (!node->leaf) {
            if (!grow(&heap, &heap_room, waiting + 8, sizeof(Waiting))) {
                found = -1;
                break;
            }
            for (int which = 0; which < 8; which++)
                if (node->child[which] != NONE) heap[waiting++].node = node->child[which];
            continue;
        }
        for (int32_t which = 0; which < node->total; which++) {
            const Entry *entry = &node->entries[which];
            if (entry->code >= codes || !wanted[entry->code] || crowd->apart[entry->slot]) continue;
            if (square_of(entry, &from) > most) continue;
            int64_t time = crowd->times[2 * (int64_t)entry->slot + which_time];
            if (!found || time < crowd->limit) crowd->limit = time;
            found = 1;
        }
    }
    for (int64_t which = 0; which < aparts; which++) crowd->apart[apart[which]] = 0;
    return found;
}
