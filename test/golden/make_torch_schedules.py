"""Golden values made by PyTorch: the learning rates of schedules over 100 updates. Run with `python make_torch_schedules.py`."""

import numpy as np
import torch
from golden import Cases
from torch.optim import lr_scheduler

cases = Cases("schedules.torch.json", "torch", torch.__version__)


def run(name, schedule, initial, make, **options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=initial)
    scheduler, rates = make(optimizer), []
    for step in range(100):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < 99:
            scheduler.step()
    cases.add(name, {}, dict(schedule=schedule, **options), dict(rates=np.array(rates, np.float32)))


run("step", "stepDecay", 0.1, lambda o: lr_scheduler.StepLR(o, 20, gamma=0.3), initialLearningRate=0.1, stepSize=20, gamma=0.3)
run("exponential", "exponentialDecay", 0.1, lambda o: lr_scheduler.ExponentialLR(o, 0.97),
    initialLearningRate=0.1, decaySteps=1, decayRate=0.97)
run("cosine with restarts", "cosineDecayRestarts", 0.1, lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 6, T_mult=3),
    initialLearningRate=0.1, firstDecaySteps=6, tMul=3)
run("one cycle", "oneCycle", 0.1, lambda o: lr_scheduler.OneCycleLR(o, 0.5, total_steps=100), maxLearningRate=0.5, totalSteps=100)
run("one cycle of lines", "oneCycle", 0.1,
    lambda o: lr_scheduler.OneCycleLR(o, 0.5, total_steps=100, pct_start=0.23, anneal_strategy="linear", div_factor=10, final_div_factor=50),
    maxLearningRate=0.5, totalSteps=100, pctStart=0.23, annealStrategy="linear", divFactor=10, finalDivFactor=50)
run("one cycle of three phases", "oneCycle", 0.1, lambda o: lr_scheduler.OneCycleLR(o, 0.5, total_steps=100, pct_start=0.37, three_phase=True),
    maxLearningRate=0.5, totalSteps=100, pctStart=0.37, threePhase=True)
cases.write()
