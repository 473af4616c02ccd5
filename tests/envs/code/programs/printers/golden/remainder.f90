program main
    implicit none
    integer :: a, b

    read (*, *) a
    read (*, *) b
    print '(i0)', modulo(a + b, 7)
end program main
