let mark text loud =
    let line = ref "\"" in
    let count = ref 0 in
    for i = 0 to String.length text - 1 do
        if text.[i] = 'a' || text.[i] = 'e' then begin
            incr count;
            line := !line ^ (if loud then "$" else "\\")
        end else if Char.code text.[i] >= 97 then
            line := !line ^ String.make 1 (Char.chr (Char.code text.[i] - 32))
        else
            line := !line ^ String.make 1 text.[i]
    done;
    !line ^ string_of_int !count

let () =
    let text = read_line () in
    let loud = read_line () = "true" in
    print_endline (mark text loud)
