-- Takes up to n hints for a worker: they move from the queue's list to the worker's own, until they are claimed.
-- KEYS  1 ready list  2 the worker's claimed list  3 set of workers  4 how many were ever taken
-- ARGV  1 worker  2 n  3 "clear" when the claimed list's jobs are claimed by now (or stale): it is emptied first
-- Gives the ids. Repeated after a lost answer, it takes others too; the first ones come back by repair.
if ARGV[3] == 'clear' then
  redis.call('DEL', KEYS[2])
end
local ids = redis.call('RPOP', KEYS[1], ARGV[2])
if not ids then
  return {}
end
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('INCRBY', KEYS[4], #ids)
for first = 1, #ids, 1000 do
  redis.call('LPUSH', KEYS[2], unpack(ids, first, math.min(first + 999, #ids)))
end
return ids
