-- Gives a worker's untaken hints back to the head of the queue's list and forgets the worker (drain, or a dead one).
-- KEYS  1 the worker's claimed list  2 ready list  3 set of workers  4 hash of busy workers  5 the worker's presence
-- ARGV  1 worker
-- Gives how many went back. Repeated, it does nothing.
local ids = redis.call('LRANGE', KEYS[1], 0, -1)
for first = 1, #ids, 1000 do
  redis.call('RPUSH', KEYS[2], unpack(ids, first, math.min(first + 999, #ids)))
end
redis.call('DEL', KEYS[1], KEYS[5])
redis.call('SREM', KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
return #ids
