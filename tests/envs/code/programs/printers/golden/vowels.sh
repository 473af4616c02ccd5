mark() {
    local text="$1"
    local loud=$2
    local i
    local line='"'
    local count=0
    for ((i = 0; i < ${#text}; i++)); do
        if [[ "${text:i:1}" == 'a' ]] || [[ "${text:i:1}" == 'e' ]]; then
            (( count++ ))
            local piece
            if (( loud )); then
                piece='$'
            else
                piece='\'
            fi
            line+="$piece"
        else
            local value
            printf -v value %d "'${text:i:1}"
            if (( value >= 97 )); then
                local value2
                printf -v value2 %d "'${text:i:1}"
                local piece2
                printf -v piece2 '\\%o' $(( value2 - 32 ))
                printf -v piece2 %b "$piece2"
                line+="$piece2"
            else
                line+="${text:i:1}"
            fi
        fi
    done
    REPLY="$line$count"
}

IFS= read -r text
read -r loud
[[ $loud == true ]] && loud=1 || loud=0
mark "$text" $loud
printf '%s\n' "$REPLY"
