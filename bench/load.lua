-- wrk's side of bench/load.py: sends the prepared requests in order, then tells the figures in one line.
-- A request without a body is a GET. The second argument is how many a second, each in its turn; 0 is as many as go.
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, nanoseconds; } instant; int clock_gettime(int, instant *);")
local requests, sent, rate, due = {}, 0, 0, nil

local function now()
  local read = ffi.new("instant")
  ffi.C.clock_gettime(1, read)
  return tonumber(read.seconds) * 1000 + tonumber(read.nanoseconds) / 1e6
end

function init(arguments)
  rate = tonumber(arguments[2] or "0")
  for line in io.lines(arguments[1]) do
    local path, body = line:match("^(%S+)\t(.*)$")
    if body == "" then
      requests[#requests + 1] = wrk.format("GET", path)
    else
      requests[#requests + 1] = wrk.format("POST", path, {["Content-Type"] = "text/xml"}, body)
    end
  end
  if rate == 0 then delay = nil end
end

-- Milliseconds until the next turn. What came late is made up for, or the pace would fall as answers take longer.
function delay()
  due = (due or now()) + 1000 / rate
  return math.max(0, math.floor(due - now()))
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  io.write(string.format("FIGURES %d %d %d %.3f %.3f\n", summary.requests, summary.duration, failed,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
