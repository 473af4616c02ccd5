let floor_mod a b =
    let rest = a mod b in
    if rest < 0 then
        rest + b
    else
        rest

let () =
    let a = read_int () in
    let b = read_int () in
    Printf.printf "%d\n" (floor_mod (a + b) 7)
