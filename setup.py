"""Finds the packages: the folders at the top of the repository are installed under the one name `palaestra`."""

from setuptools import find_packages, setup

FOLDERS = ("envs", "wrappers", "agents", "baselines")

setup(
    packages=[
        "palaestra",
        "palaestra.assets",
        *(f"palaestra.{folder}" for folder in FOLDERS),
        *(f"palaestra.{folder}.{package}" for folder in FOLDERS for package in find_packages(folder)),
    ],
    package_dir={"palaestra": "palaestra", **{f"palaestra.{folder}": folder for folder in (*FOLDERS, "assets")}},
)
