from setuptools import Extension, setup

setup(
    name="levenshtein",
    version="1.0",
    package_dir={"": "src"},
    packages=["levenshtein"],
    ext_modules=[Extension("levenshtein._speed", ["src/levenshtein/_speed.c"])],
)
