"""An executor without processes, for what a benchmark does around its cells."""

from palaestra.baselines.benchmark.cells import cell_name
from palaestra.baselines.benchmark.executors import Begun, Died, Ended, Progress
from palaestra.baselines.outcome import train_one
from palaestra.baselines.runs import RunFolder
from palaestra.baselines.stopping import StopRequest


class InlineExecutor:
    """Trains each cell in this process, as soon as it is started; the process of those named dies instead."""

    has_room = True

    def __init__(self, dying=()):
        self.dying = list(dying)
        self.events = []
        self.started = []
        self.stopped = StopRequest()

    def start(self, cell, request):
        self.started.append(cell_name(request))
        self.events.append(Begun(cell))
        if self.started[-1] in self.dying:
            folder = RunFolder(request.path)
            folder.path.mkdir(parents=True, exist_ok=True)
            folder.create(request.begin(), request.recipe.to_config())
            self.events.append(Died(cell, "its process was killed by SIGSEGV"))
            return
        failure = train_one(request, lambda *told: self.events.append(Progress(cell, *told)), self.stopped)
        self.events.append(Ended(cell, failure))

    def wait(self, seconds):
        events, self.events = self.events, []
        return events

    def stop(self):
        self.stopped.request()

    def close(self):
        pass
