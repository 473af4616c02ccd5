mark <- function(text, loud) {
    line <- "\""
    count <- 0
    for (i in seq_len(nchar(text))) {
        if (substr(text, i, i) == "a" || substr(text, i, i) == "e") {
            count <- count + 1
            line <- paste0(line, if (loud) "$" else "\\")
        } else if (utf8ToInt(substr(text, i, i)) >= 97) {
            line <- paste0(line, intToUtf8(utf8ToInt(substr(text, i, i)) - 32))
        } else {
            line <- paste0(line, substr(text, i, i))
        }
    }
    paste0(line, sprintf("%d", count))
}

input <- readLines(file("stdin"), warn = FALSE)
text <- input[1]
loud <- input[2] == "true"
writeLines(mark(text, loud))
