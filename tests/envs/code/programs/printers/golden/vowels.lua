local function mark(text, loud)
    local line = "\""
    local count = 0
    for i = 1, #text do
        if text:sub(i, i) == "a" or text:sub(i, i) == "e" then
            count = count + 1
            line = line .. (loud and "$" or "\\")
        elseif text:byte(i) >= 97 then
            line = line .. string.char(text:byte(i) - 32)
        else
            line = line .. text:sub(i, i)
        end
    end
    return line .. tostring(count)
end

local text = io.read()
local loud = io.read() == "true"
print(mark(text, loud))
