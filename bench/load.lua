-- wrk's side of bench/load.py: sends the prepared requests in order, then tells the figures in one line.
-- A request without a body is a GET. The second argument is a pause in milliseconds before each request.
local requests, sent, pause = {}, 0, 0

function init(arguments)
  pause = tonumber(arguments[2] or "0")
  for line in io.lines(arguments[1]) do
    local path, body = line:match("^(%S+)\t(.*)$")
    if body == "" then
      requests[#requests + 1] = wrk.format("GET", path)
    else
      requests[#requests + 1] = wrk.format("POST", path, {["Content-Type"] = "text/xml"}, body)
    end
  end
  if pause == 0 then delay = nil end
end

function delay()
  return pause
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
