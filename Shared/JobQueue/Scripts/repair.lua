-- Pushes the hints that are missing, by exact difference: it never deletes, so it cannot race with a concurrent push,
-- and run twice it pushes nothing.
-- KEYS  1 ready list  2 set of workers  3 epoch  4 when memory began
-- ARGV  1 prefix of claimed lists  2 prefix of presence keys  3 new epoch, or "" to leave it
--       4 how many of the ids may also lie in the claimed list of a present worker; the ones after those count as
--         missing unless they are in the ready list (queued so long that a hung worker must be holding them)
--       5… job ids
-- Gives how many were pushed.
local present = {}
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  present[id] = true
end
local held = {}
for _, worker in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  if redis.call('EXISTS', ARGV[2] .. worker) == 1 then
    for _, id in ipairs(redis.call('LRANGE', ARGV[1] .. worker, 0, -1)) do
      held[id] = true
    end
  else
    redis.call('SREM', KEYS[2], worker)
    redis.call('DEL', ARGV[1] .. worker)
  end
end
local missing = {}
local lastHeld = 4 + tonumber(ARGV[4])
for index = 5, #ARGV do
  local id = ARGV[index]
  if not present[id] and not (index <= lastHeld and held[id]) then
    missing[#missing + 1] = id
  end
end
for first = 1, #missing, 1000 do
  redis.call('LPUSH', KEYS[1], unpack(missing, first, math.min(first + 999, #missing)))
end
if ARGV[3] ~= '' then
  redis.call('SET', KEYS[3], ARGV[3])
  -- Microseconds: limiters without a memory of their own count from here, see gcra.lua.
  local time = redis.call('TIME')
  redis.call('SET', KEYS[4], string.format('%.0f', time[1] * 1000000 + time[2]))
end
return #missing
