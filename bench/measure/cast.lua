-- wrk sends each prepared request once: thread n reads <file>.n, where each has its length in eight digits before it.
local ffi = require("ffi")
ffi.cdef [[ typedef struct { long seconds; long nanoseconds; } moment; int clock_gettime(int clock, moment *found); ]]
local moment, threads = ffi.new("moment"), {}

local function now()
   ffi.C.clock_gettime(1, moment)
   return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
end

function setup(thread)
   thread:set("number", #threads)
   table.insert(threads, thread)
end

function init(arguments)
   local file = assert(io.open(arguments[1] .. "." .. number, "rb"))
   local data, at = file:read("*a"), 1
   file:close()
   prepared, sent, begun, ended = {}, 0, 0, 0
   while at < #data do
      local length = tonumber(data:sub(at, at + 7))
      prepared[#prepared + 1] = data:sub(at + 8, at + 7 + length)
      at = at + 8 + length
   end
end

function request()
   if begun == 0 then begun = now() end
   if sent == #prepared then
      if ended == 0 then ended = now() end
      wrk.thread:stop()
      return prepared[sent]
   end
   sent = sent + 1
   return prepared[sent]
end

function done(summary, latency, _)
   local seconds = 0
   for _, thread in ipairs(threads) do
      local ended = thread:get("ended")
      local took = ended > 0 and ended - thread:get("begun") or summary.duration / 1e6
      if took > seconds then seconds = took end
   end
   io.write(string.format(
      '\n{"seconds": %f, "refused": %d, "broken": %d, "p50": %f, "p99": %f}\n', seconds, summary.errors.status,
      summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
      latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
