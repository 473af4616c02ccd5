a = int(input())
b = int(input())
print((a + b) % 7)
