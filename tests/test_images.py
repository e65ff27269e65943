"""What the base image table says, and what it is silent about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dockerlint import images
from dockerlint.catalogue import folder as pages
from dockerlint.catalogue.pages import read
from dockerlint.file import File
from dockerlint.images import SLIM_VARIANTS, facts, saved
from dockerlint.lints.heavy_base_image import check
from dockerlint.source import Source

REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "base_images.json"
TABLE = json.loads((Path(images.__file__).parent / "data" / "base_images.json").read_text("utf-8"))

FAMILIES = [
    ("python", "python:slim"),
    ("python:latest", "python:slim"),
    ("python:3", "python:3-slim"),
    ("python:3.9.1-bookworm", "python:3.9.1-slim-bookworm"),
    ("python:3.13.0rc2", "python:3.13.0rc2-slim"),
    ("python:bullseye", "python:slim-bullseye"),
    ("docker.io/library/python:3.12", "python:3.12-slim"),
    ("node:22", "node:22-slim"),
    ("node:lts", "node:lts-slim"),
    ("node:hydrogen-bookworm", "node:hydrogen-bookworm-slim"),
    ("node:18.2.0-bullseye", "node:18.2.0-bullseye-slim"),
    ("golang:1.23", "golang:1.23-alpine"),
    ("ruby:3.3", "ruby:3.3-slim"),
    ("rust:1.80-bookworm", "rust:1.80-slim-bookworm"),
    ("debian", "debian:stable-slim"),
    ("debian:bookworm", "debian:bookworm-slim"),
    ("openjdk:11-jdk", "openjdk:11-jre"),
    ("openjdk:8", "openjdk:8-jre"),
    ("openjdk:17-jdk", "eclipse-temurin:17-jre"),
    ("openjdk:11.0.3-jdk-slim", "openjdk:11.0.3-jre-slim"),
    ("perl:5.40", "perl:5.40-slim"),
    ("php:8.3-fpm-bookworm", "php:8.3-fpm-alpine"),
    ("php:8.3", "php:8.3-cli-alpine"),
    ("tomcat:9-jdk17-temurin", "tomcat:9-jre17-temurin"),
    ("debian:bullseye-20220328", "debian:bullseye-20220328-slim"),
    ("debian:testing", "debian:testing-slim"),
    ("pytorch/pytorch:2.1.0-cuda12.1-cudnn8-devel", "pytorch/pytorch:2.1.0-cuda12.1-cudnn8-runtime"),
    ("eclipse-temurin:17-jdk-jammy", "eclipse-temurin:17-jre-jammy"),
    ("eclipse-temurin:21", "eclipse-temurin:21-jre"),
    ("maven:3.9-eclipse-temurin-21", "eclipse-temurin:21-jre"),
    ("gradle:8.5-jdk17", "eclipse-temurin:17-jre"),
    ("nginx:1.27", "nginx:1.27-alpine"),
    ("nginx:stable-bookworm", "nginx:stable-alpine"),
    ("mcr.microsoft.com/dotnet/sdk:8.0-jammy", "mcr.microsoft.com/dotnet/aspnet:8.0-jammy"),
    ("nvidia/cuda:11.8.0-cudnn8-devel-ubuntu20.04", "nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu20.04"),
    ("centos:7.9.2009", "almalinux:9-minimal"),
]


@pytest.mark.parametrize(("image", "slimmer"), FAMILIES)
def test_a_row_speaks_for_its_family(image: str, slimmer: str) -> None:
    found = facts(image)
    assert found is not None
    assert not found.slim
    assert found.slimmer[0].reference == slimmer


@pytest.mark.parametrize(("image", "slimmer"), FAMILIES)
def test_what_is_proposed_is_itself_no_heavy_image(image: str, slimmer: str) -> None:
    found = facts(slimmer)
    if found is not None:
        assert found.slim or slimmer.startswith("golang"), found.variant


@pytest.mark.parametrize(
    "image",
    [
        "python:3.12@sha256:" + "a" * 64,
        "registry.example.com/python:3.12",
        "someone/python:3.12",
        "python:3.12-windowsservercore",
        "python:onbuild",
        "golang:1.23-nanoserver",
        "openjdk:17-jdk-slim",
        "openjdk:9",
        "unheard-of:1",
        "scratch",
        "",
        "not an image",
        "UPPER/case",
    ],
)
def test_nothing_is_known(image: str) -> None:
    assert facts(image) is None


@pytest.mark.parametrize(
    "image",
    "python:3.12-slim python:slim-bookworm python:3-alpine3.20 node:22-alpine node:lts-slim"
    " ruby:3.3-slim eclipse-temurin:21-jre alpine alpine:3.20 busybox:1.36 nginx:alpine debian:12-slim"
    " rust:1-slim node:lts-iron-slim".split(),
)
def test_slim_ones_are_slim(image: str) -> None:
    found = facts(image)
    assert found is not None
    assert found.slim


def test_saved_is_the_difference_or_unknown() -> None:
    python, cuda = facts("python:3.12"), facts("nvidia/cuda:12-devel")
    assert python is not None
    assert cuda is not None
    assert saved(python, python.slimmer[0]) == 1_020_000_000 - 119_200_000
    assert saved(cuda, cuda.slimmer[0]) is None


def test_every_row_has_its_source_and_confidence() -> None:
    for row in TABLE["rows"]:
        assert row["source"], row["measured"]
        assert row["confidence"], row["measured"]
        assert row["variant"] in {"full", "toolchain", *SLIM_VARIANTS}
        assert facts(row["name"] + ":" + "x") is None or row["tags"] == ["{any}"]


def test_every_row_is_found_by_a_tag_of_its_own() -> None:
    words = {"version": "3.2", "debian": "bookworm", "ubuntu": "noble", "alpine": "alpine3.20", "java": "21"}
    words |= {"label": "lts", "channel": "stable", "centos": "7", "cuda": "12.1.0", "suffix": "ubuntu22.04", "any": "4"}
    words |= {"oldjava": "8", "suite": "testing", "date": "20240101", "pytorch": "2.1.0-cuda12.1-cudnn8"}
    for row in TABLE["rows"]:
        for tag in row["tags"]:
            found = facts(f"{row['name']}:{tag.format(**words)}")
            assert found is not None, (row["name"], tag)
            assert found.measured == row["measured"], (row["name"], tag)
            for slimmer in found.slimmer:
                assert "{" not in slimmer.reference
            assert bool(found.slimmer) == bool(row["slimmer"]), (row["name"], tag)


@pytest.fixture(scope="module")
def reference() -> dict[str, dict[str, object]]:
    if not REFERENCE.exists():
        pytest.skip("no ../shared")
    return {row["image"]: row for row in json.loads(REFERENCE.read_text("utf-8"))["rows"]}


def test_figures_are_those_of_the_reference(reference: dict[str, dict[str, float]]) -> None:
    ours = {row["measured"]: row for row in TABLE["rows"]}
    assert reference.keys() <= ours.keys()
    for name, row in reference.items():
        assert ours[name]["compressed"] == round(row["compressed_mb"] * 1e6)
        assert ours[name]["uncompressed"] == round(row["uncompressed_mb"] * 1e6)
        assert (ours[name]["confidence"], ours[name]["source"]) == (row["confidence"], row["source"])


def test_the_lines_that_use_what_is_missing_are_shown() -> None:
    text = "FROM python:3.12\nRUN git clone https://example.com/x && git log\nRUN gcc -o x x.c\nRUN pip install flask\n"
    rule = read(pages() / "heavy-base-image.yaml").rule
    (finding,) = check(File(Source(text)), rule)
    assert [(text[r.span.start : r.span.end].split()[0], r.message) for r in finding.related] == [
        ("git", "uses `git`, which `python:3.12-slim` lacks"),
        ("gcc", "uses `gcc`, which `python:3.12-slim` lacks"),
    ]
    assert "1 GB" in finding.message
    assert "120 MB" in finding.message
    assert "no compiler" in finding.message
