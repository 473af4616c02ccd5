read -r a
read -r b
echo $(( ((a + b) % 7 + 7) % 7 ))
