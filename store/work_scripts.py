"""The scripts of `store.works`: each looks at the state and at the number of the run before it writes."""

START = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'head', ARGV[1], 'state', 'waiting', 'run', 0, 'tries', 0)
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('XADD', KEYS[2], '*', 'a', ARGV[2])
return 1
"""

BEGIN = """
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'waiting' and state ~= 'running' then return false end
redis.call('HSET', KEYS[1], 'state', 'running')
local run, tries = redis.call('HINCRBY', KEYS[1], 'run', 1), redis.call('HINCRBY', KEYS[1], 'tries', 1)
return {run, tries, redis.call('HGET', KEYS[1], 'mark') or ''}
"""

STEP = """
if redis.call('HGET', KEYS[1], 'state') ~= 'running' or redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then return 2 end
redis.call('HSET', KEYS[1], 'done', ARGV[2], 'total', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'mark', ARGV[4]) end
return redis.call('HEXISTS', KEYS[1], 'cancel')
"""

PAUSE = """
if redis.call('HGET', KEYS[1], 'run') == ARGV[1] then redis.call('HSET', KEYS[1], 'tries', 0) end
return 1
"""

END = """
if redis.call('HGET', KEYS[1], 'state') ~= 'running' or redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'ending', ARGV[3], 'ended', ARGV[4])
redis.call('HDEL', KEYS[1], 'mark', 'cancel')
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""

CANCEL = """
local state = redis.call('HGET', KEYS[1], 'state')
if state == 'waiting' then
  redis.call('HSET', KEYS[1], 'state', 'cancelled', 'ended', ARGV[2])
elseif state == 'running' then
  redis.call('HSET', KEYS[1], 'cancel', '1')
else
  return 0
end
redis.call('XADD', KEYS[2], '*', 'a', ARGV[1])
return 1
"""
