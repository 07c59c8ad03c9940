-- Asks a rate limiter for starts: the generic cell rate algorithm, which remembers one moment and needs no clean-up.
-- KEYS  1 the limiter  2 when the queue's memory in this Redis began (written by repair.lua)
-- ARGV  1 microseconds between two starts  2 how many may come at once  3 how many are wanted
--       4 microseconds from now before which the caller knows of starts that this Redis may have forgotten
-- The limiter holds the arrival time of the start that would be exactly on time: each start moves it one interval on,
-- and it may run at most burst intervals ahead of now. Without it, the limiter is as one that was empty of credit when
-- memory began: what was allowed before a FLUSHALL is unknown, so nothing is given twice. Without KEYS 2, nothing is given.
-- Gives how many may start, and the microseconds until the next may (0 when all may).
-- Repeated after a lost answer it allows less than it could, never more.
local began = redis.call('GET', KEYS[2])
if not began then
  return { 0, 1000000 }
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local arrival = tonumber(redis.call('GET', KEYS[1])) or (began + burst * interval)
arrival = math.max(arrival, now, now + ARGV[4])
local allowed = math.min(wanted, math.floor((now + burst * interval - arrival) / interval))
if allowed > 0 then
  arrival = arrival + allowed * interval
  -- In full: Lua writes large numbers with an exponent.
  redis.call('SET', KEYS[1], string.format('%.0f', arrival), 'PX', math.ceil((arrival - now) / 1000) + 1000)
end
if allowed == wanted then
  return { allowed, 0 }
end
return { math.max(allowed, 0), math.max(math.ceil(arrival + interval - burst * interval - now), 1) }
