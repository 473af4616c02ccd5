program main
    implicit none
    integer, allocatable :: numbers(:)

    numbers = read_list()
    print '(*(i0, :, " "))', halved_primes(numbers)

contains

    integer function floor_div(a, b)
        integer, intent(in) :: a, b
        floor_div = a / b
        if (mod(a, b) < 0) floor_div = floor_div - 1
    end function floor_div

    function sorted(list) result(copy)
        integer, intent(in) :: list(:)
        integer, allocatable :: copy(:)
        integer :: i, j, value
        copy = list
        do i = 2, size(copy)
            value = copy(i)
            j = i - 1
            do while (j > 0)
                if (copy(j) <= value) exit
                copy(j + 1) = copy(j)
                j = j - 1
            end do
            copy(j + 1) = value
        end do
    end function sorted

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

    function read_list() result(list)
        integer, allocatable :: list(:)
        character(len=:), allocatable :: line
        integer :: i, words
        line = " " // read_line()
        words = 0
        do i = 2, len(line)
            if (line(i - 1:i - 1) == " " .and. line(i:i) /= " ") words = words + 1
        end do
        allocate (list(words))
        if (words > 0) read (line, *) list
    end function read_list

    function is_prime(n)
        integer, intent(in) :: n
        logical :: is_prime
        integer :: i

        if (n < 2) then
            is_prime = .false.
            return
        end if
        i = 2
        do while (i * i <= n)
            if (mod(n, i) == 0) then
                is_prime = .false.
                return
            end if
            i = i + 1
        end do
        is_prime = .true.
    end function is_prime

    function halved_primes(numbers)
        integer, intent(in) :: numbers(:)
        integer, allocatable :: halved_primes(:), primes(:)
        integer :: i

        primes = [integer ::]
        do i = 1, size(numbers)
            if (is_prime(numbers(i))) primes = [primes, numbers(i)]
        end do
        do i = 2, size(primes)
            primes(i) = floor_div(primes(i), 2)
        end do
        halved_primes = sorted(primes)
    end function halved_primes

end program main
