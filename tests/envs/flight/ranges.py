"""Ranges for tests: everything that floors can have."""

from palaestra.envs.flight.floors import CorridorRanges, HallRanges, RoomsRanges, draw_corridor, draw_hall, draw_rooms

CORRIDOR = CorridorRanges(
    width=(3, 4), stretch=(7, 14), turns=(3, 5), dead_ends=2, doorways=1, stairs=1, furniture=(2.0, 4.0)
)
ROOMS = RoomsRanges(building=(24, 32), room=7, open_doors=0.5, furniture=(4.0, 8.0), stairs=0.5)
HALL = HallRanges(gates=(3, 5), opening=(1.0, 1.4), furniture=(1.0, 2.0))
DRAWN = ((draw_corridor, CORRIDOR), (draw_rooms, ROOMS), (draw_hall, HALL))
