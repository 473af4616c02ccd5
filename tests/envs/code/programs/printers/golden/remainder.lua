local a = tonumber(io.read())
local b = tonumber(io.read())
print((a + b) % 7)
