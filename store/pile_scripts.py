"""What `store.piles` does to the letters of a chunk, each of it in one script."""

# KEYS: lease, state, notes. ARGV: token, milliseconds, now, how old a mark may be to be sent again.
CLAIM = """
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
local state = redis.call('GET', KEYS[2]) or ''
if string.find(state, 'f', 1, true) then
  local at = tonumber(redis.call('HGET', KEYS[3], 'at') or '0')
  local again = tonumber(ARGV[3]) - at < tonumber(ARGV[4])
  state = string.gsub(state, 'f', again and '.' or 'k')
  redis.call('SETRANGE', KEYS[2], 0, state)
end
return state
"""

# KEYS: lease, state, notes. ARGV: token, milliseconds, now or ''; then for each: done, its mark, its code, next.
# A result is true whoever holds the lease, and takes back what a later holder believed; "again" comes too late then.
STEPS = """
local held, may = redis.call('GET', KEYS[1]) == ARGV[1], {}
for i = 4, #ARGV, 4 do
  local done, mark, code, following = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if done ~= '' then
    local was = redis.call('GETRANGE', KEYS[2], done, done)
    if was == 'f' or (was == 'k' and mark ~= '.') then
      redis.call('SETRANGE', KEYS[2], done, mark)
      if code ~= '' then redis.call('HSET', KEYS[3], done, code) end
    end
  end
  may[#may + 1] = 0
  if following ~= '' and held then
    local is = redis.call('GETRANGE', KEYS[2], following, following)
    if is == '.' or is == 'f' then
      redis.call('SETRANGE', KEYS[2], following, 'f')
      may[#may] = 1
    end
  end
end
if held then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if held and ARGV[3] ~= '' then redis.call('HSET', KEYS[3], 'at', ARGV[3]) end
return may
"""

# KEYS: lease, state, notes. ARGV: token, the letter they have, the one they get, note, its value, recipients or none.
SET = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if #ARGV == 5 then
  local state = redis.call('GET', KEYS[2]) or ''
  local from = ARGV[2] == '.' and '%.' or ARGV[2]
  redis.call('SETRANGE', KEYS[2], 0, (string.gsub(state, from, ARGV[3])))
end
for i = 6, #ARGV do
  local was = redis.call('GETRANGE', KEYS[2], ARGV[i], ARGV[i])
  if was == ARGV[2] then redis.call('SETRANGE', KEYS[2], ARGV[i], ARGV[3]) end
end
if ARGV[4] ~= '' then redis.call('HSET', KEYS[3], ARGV[4], ARGV[5]) end
return 1
"""

# KEYS: state. ARGV: recipient, letter. The first report stands; it is true whoever holds the lease, also of one whose
# call was never answered, and of one that waits to be sent again.
REPORTED = """
local was = redis.call('GETRANGE', KEYS[1], ARGV[1], ARGV[1])
if was ~= '' and string.find('.fska', was, 1, true) then redis.call('SETRANGE', KEYS[1], ARGV[1], ARGV[2]) end
"""

RENEW = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0"
RETURN = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0"
