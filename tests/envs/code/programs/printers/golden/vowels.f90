program main
    implicit none
    character(len=:), allocatable :: text
    logical :: loud

    text = read_line()
    loud = read_line() == "true"
    print '(a)', mark(text, loud)

contains

    function to_string(number)
        integer, intent(in) :: number
        character(len=:), allocatable :: to_string
        character(len=11) :: digits
        write (digits, '(i0)') number
        to_string = trim(digits)
    end function to_string

    function read_line() result(line)
        character(len=:), allocatable :: line
        character(len=256) :: piece
        integer :: length, status
        line = ""
        do
            read (*, '(a)', advance='no', size=length, iostat=status) piece
            line = line // piece(:length)
            if (status /= 0) exit
        end do
    end function read_line

    function mark(text, loud)
        character(len=*), intent(in) :: text
        logical, intent(in) :: loud
        character(len=:), allocatable :: mark, line, piece
        integer :: count, i

        line = """"
        count = 0
        do i = 1, len(text)
            if (text(i:i) == "a" .or. text(i:i) == "e") then
                count = count + 1
                if (loud) then
                    piece = "$"
                else
                    piece = "\"
                end if
                line = line // piece
            else if (iachar(text(i:i)) >= 97) then
                line = line // achar(iachar(text(i:i)) - 32)
            else
                line = line // text(i:i)
            end if
        end do
        mark = line // to_string(count)
    end function mark

end program main
