-- Pushes hints on a queue's list and tells how much room is left for jobs that do not wait for the relay.
-- KEYS  1 ready list  2 the length up to which new jobs may be hinted at once
-- ARGV  1 "head" or "tail"; then job ids
-- Gives the list's new length, and what is at key 2 (0 without it). Workers pop at the right end: tail is LPUSH, head
-- is RPUSH. Repeated, it doubles hints, which does no harm.
local command = ARGV[1] == 'head' and 'RPUSH' or 'LPUSH'
local length = redis.call('LLEN', KEYS[1])
-- unpack has room for about 8,000 values
for first = 2, #ARGV, 1000 do
  length = redis.call(command, KEYS[1], unpack(ARGV, first, math.min(first + 999, #ARGV)))
end
return { length, tonumber(redis.call('GET', KEYS[2]) or 0) }
