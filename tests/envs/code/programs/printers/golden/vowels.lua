local function mark(text, loud)
    local line = "\""
    local count = 0
    for i = 0, #text - 1 do
        if text:sub(i + 1, i + 1) == "a" or text:sub(i + 1, i + 1) == "e" then
            count = count + 1
            line = line .. (loud and "$" or "\\")
        elseif text:byte(i + 1) >= 97 then
            line = line .. string.char(text:byte(i + 1) - 32)
        else
            line = line .. text:sub(i + 1, i + 1)
        end
    end
    return line .. tostring(count)
end

local text = io.read()
local loud = io.read() == "true"
print(mark(text, loud))
