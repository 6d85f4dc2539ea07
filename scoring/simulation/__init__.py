"""Simulated patients drawn from labelled faces: how faithful a score is, and what its lines would do."""

from scoring.simulation import figures
from scoring.simulation.courses import CourseSettings, simulate_courses
from scoring.simulation.faces import PROFILES, Readout, SimulationError
from scoring.simulation.weeks import Report, simulate

__all__ = [
    "PROFILES",
    "CourseSettings",
    "Readout",
    "Report",
    "SimulationError",
    "figures",
    "simulate",
    "simulate_courses",
]
