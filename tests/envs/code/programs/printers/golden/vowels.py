def mark(text, loud):
    line = '"'
    count = 0
    for i in range(len(text)):
        if text[i] == "a" or text[i] == "e":
            count += 1
            line += "$" if loud else "\\"
        elif ord(text[i]) >= 97:
            line += chr(ord(text[i]) - 32)
        else:
            line += text[i]
    return line + str(count)


text = input()
loud = input() == "true"
print(mark(text, loud))
