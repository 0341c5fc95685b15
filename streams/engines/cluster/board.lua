-- Lays turns of one area over its board: all that follow what it holds, or, after a gap, none.
-- KEYS  pointer, position, rows, keys, ages, stream
-- ARGV  generation, oldest time of a key, most keys to drop, length of the stream, first sequence;
--       for each turn: digest, time, command id, command's offset, own offset, bytes, rows;
--       for each of its rows: name, change, 'put' or 'removed'
-- Gives 'ok', 'switched' or 'gap', and the position of the board.

local pointer, position, rows, keys, ages, stream = unpack(KEYS)
local generation, oldest, drop, length, first = unpack(ARGV, 1, 5)

local reached = tonumber(redis.call('HGET', position, 'sequence') or 0)
if (redis.call('GET', pointer) or '1') ~= generation then
  return {'switched', reached}
end
local sequence = tonumber(first)
if sequence > reached + 1 then
  return {'gap', reached}
end

-- What the turn changes, as one JSON array; the rows cross the socket once.
local function changed(from, count)
  local changes = {}
  for place = from, from + 3 * (count - 1), 3 do
    local name, change, how = unpack(ARGV, place, place + 2)
    if how == 'put' then
      redis.call('HSET', rows, name, change)
    else
      redis.call('HDEL', rows, name)
    end
    changes[#changes + 1] = change
  end
  return '[' .. table.concat(changes, ',') .. ']'
end

local function take(digest, time, id, command, offset, stored, changes)
  if id ~= '' then
    redis.call('HSET', keys, id, sequence .. ' ' .. offset)
    redis.call('ZADD', ages, time, id)
  end
  redis.call('XADD', stream, 'MAXLEN', '~', length, sequence .. '-0',
    'turn', stored, 'changes', changes, 'command', command, 'offset', offset)
  redis.call('HSET', position,
    'sequence', sequence, 'digest', digest, 'at', time, 'offset', offset)
end

redis.call('SETNX', pointer, generation)
local place = 6
while place <= #ARGV do
  local digest, time, id, command, offset, stored, count = unpack(ARGV, place, place + 6)
  count = tonumber(count)
  if sequence > reached then
    take(digest, time, id, command, offset, stored, changed(place + 7, count))
    reached = sequence
  end
  sequence = sequence + 1
  place = place + 7 + 3 * count
end

local expired = redis.call('ZRANGEBYSCORE', ages, '-inf', '(' .. oldest, 'LIMIT', 0, drop)
if #expired > 0 then
  redis.call('HDEL', keys, unpack(expired))
  redis.call('ZREM', ages, unpack(expired))
end
return {'ok', reached}
