"""Words that no name in a program may be: reserved, or built in and too useful to be hidden, in some language."""

RESERVED = frozenset(
    """
    abs abstract add alignas alignof all and any append arguments array as asm asr assert associate async atan await
    auto awk backspace become begin bind block bool boolean box break byte cap case cat catch cd char character chars
    chop chomp chr class close cmp co code codimension common complex const constraint continue copy cos crate data date
    deallocate debugger declare def default defer defined del delete dict die dim dimension div do done double downto
    dyn each echo elif else elseif elsif end endif entry enum env eof eq equivalence esac eval event except exception
    exec exists exit exp explicit export extends extern external factor false fi file filter final finally find first
    fixed float fn foldl for forall foreach fork format from fun func function functor ge get getc global go goto grep
    gt head hex hidden if impl implements implicit import in include index inf inherit initializer inline inner input
    inquire insert instanceof int integer interface intrinsic is join keys kill land last lazy le len length let lib
    library list local log logical loop lor lsl lsr lt lxor macro main make map match math max mem method min mod module
    move mut mutable my na namelist namespace nan native ne new next nil no none nonrec noexcept not null nullify
    number object oct of off on only open operator or ord our out override pack package panic parameter pass pi pipe
    pointer pop pos post pow pre print printf private proc procedure program protected pub public pull pure push quote
    raise rand range raw read readline real recover recursive redo ref register rem rep repeat replace require result
    return rev reverse round save scan script select self send seq set shift short signed sin sizeof sleep sort sorted
    source split sprintf sqrt stat static std stop str string struct sub subroutine substr substring sum super switch
    symbol system tan target test then this thread throw throws time to trait transient trap trim true try type typedef
    typename typeof uc union unless unlink unset unsafe unshift unsigned unsized until update use using val values var
    vector virtual void volatile wait wchar when where which while with write xor yield
    """.split()  # noqa: SIM905  (a list of five hundred strings would hide the words)
)
