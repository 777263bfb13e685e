-- wrk calls request() for each request. Ten fields as a browser sends them, and one of them is
-- different each time: a server that remembers the last head's bytes gains nothing.
local number = 0
local before, after

function init(arguments)
   before = "GET / HTTP/1.1\r\n"
      .. "Host: " .. wrk.headers["Host"] .. "\r\n"
      .. "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
      .. "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
      .. "Accept-Language: en-GB,en;q=0.7,de;q=0.3\r\n"
      .. "Accept-Encoding: gzip, deflate, br\r\n"
      .. "Referer: http://example.org/where/we/came/from\r\n"
      .. "Cookie: theme=dark; session=q0yG3kq5vO2nT7ZpXh1b\r\n"
      .. "Upgrade-Insecure-Requests: 1\r\n"
      .. "Cache-Control: max-age=0\r\n"
      .. "X-Request-Id: "
   after = "\r\n\r\n"
end

function request()
   number = number + 1
   return before .. string.format("%012d", number) .. after
end
