"""Image names, and what is known of a base image without asking a registry."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from dockerlint.record import record
from dockerlint.values import UNKNOWN, Unknown, Value

if TYPE_CHECKING:
    from dockerlint.model.graph import BuildGraph, Stage

_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.A)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
HUB = "docker.io"
_HUB_NAMES = frozenset((HUB, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"))
_MIRRORS = {"public.ecr.aws": "docker/library/", "mirror.gcr.io": "library/"}  # of the official images

# Images whose configuration has no WORKDIR, whatever the tag: a RUN starts in "/". Sources: for distributions, a root
# file system added to scratch (docker-library/official-images); else docker-library/{buildpack-deps,python,ruby,
# openjdk,postgres}, nodejs/docker-node, rust-lang/docker-rust, nginxinc/docker-nginx, adoptium/containers,
# carlossg/docker-maven, corretto/corretto-docker, dotnet/dotnet-docker.
AT_ROOT = frozenset(
    "debian ubuntu alpine busybox centos fedora rockylinux almalinux amazonlinux archlinux oraclelinux photon"
    " opensuse/leap opensuse/tumbleweed kalilinux/kali-rolling rockylinux/rockylinux buildpack-deps"
    " python node ruby rust openjdk eclipse-temurin amazoncorretto maven nginx postgres"
    " mcr.microsoft.com/dotnet/sdk mcr.microsoft.com/dotnet/aspnet mcr.microsoft.com/dotnet/runtime"
    " mcr.microsoft.com/dotnet/runtime-deps public.ecr.aws/amazonlinux/amazonlinux".split()
)
# Sources: docker-library/golang (`WORKDIR $GOPATH`, GOPATH=/go), docker-library/tomcat, docker-library/redis.
ELSEWHERE = {"golang": "/go", "tomcat": "/usr/local/tomcat", "redis": "/data"}
# Further images whose configuration has no USER. Sources: docker-library/{golang,php,redis,tomcat}, composer/docker,
# gradle/docker-gradle, Perl/docker-perl, docker-library/pypy, ContinuumIO/docker-images, conda-forge/miniforge-images,
# astral-sh/uv, oven-sh/bun (its account `bun` is not in force).
_ROOT = frozenset(
    "golang php redis tomcat composer gradle perl pypy oven/bun ghcr.io/astral-sh/uv"
    " continuumio/miniconda3 continuumio/anaconda3 condaforge/miniforge3 condaforge/mambaforge".split()
)
_NOT_ROOT = re.compile(r"non-?root|rootless|unprivileged|chiseled|distroless", re.I)
_WINDOWS = re.compile(
    r"nanoserver|servercore|mcr\.microsoft\.com/windows(?:/|:|$)|dotnet/framework|microsoft/(?:iis|dotnet-framework)"
    r"|[-:]windows\b",
    re.I,
)


@record
class ImageName:
    """The parts of ``registry/repository:tag@digest``. Official images have no ``library/``."""

    registry: str
    """``docker.io`` when none is written."""
    repository: str
    tag: str | None = None
    digest: str | None = None

    @property
    def official(self) -> bool:
        """Whether it is one of Docker's official images."""
        return self.registry == HUB and "/" not in self.repository

    @property
    def name(self) -> str:
        """The shortest name without tag: ``python``, ``bitnami/redis``, ``ghcr.io/owner/tool``."""
        return self.repository if self.registry == HUB else f"{self.registry}/{self.repository}"

    @property
    def floating(self) -> bool:
        """Whether it names whatever is newest: no digest, and no tag or ``latest``."""
        return self.digest is None and self.tag in (None, "latest")


@lru_cache(maxsize=1024)
def parse_image(reference: str) -> ImageName | None:
    """The parts of an image reference; None when it is not one."""
    rest, at, digest = reference.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        return None
    head, slash, tail = rest.rpartition("/")
    tail, colon, tag = tail.partition(":")
    if colon and not _TAG.fullmatch(tag):
        return None
    registry, path = _registry(head + slash + tail)
    if not _REPOSITORY.fullmatch(path):
        return None
    return ImageName(registry, path, tag if colon else None, digest if at else None)


def base_image(graph: BuildGraph, stage: Stage) -> ImageName | None:
    """The image below a stage and the stages it is built from; None when it has no name, or none that is known."""
    reference = graph.lineage(stage)[0].base.reference
    return parse_image(reference) if isinstance(reference, str) else None


def _registry(name: str) -> tuple[str, str]:
    """Registry and repository; mirrors of the official images count as Docker's own registry."""
    first, slash, rest = name.partition("/")
    if not slash or not (("." in first) or (":" in first) or first == "localhost" or first != first.lower()):
        first, rest = HUB, name
    first = first.lower()
    mirrored = _MIRRORS.get(first)
    if first in _HUB_NAMES:
        return HUB, rest.removeprefix("library/")
    if mirrored and rest.startswith(mirrored):
        return HUB, rest[len(mirrored) :]
    return first, rest


def is_windows(written: str, platform: Value | None, escape: str) -> bool:
    """Whether a stage runs Windows, as far as name, platform and the ``escape`` directive tell.

    ``escape=`` with a backquote is for Windows paths; only a base known to be Linux says otherwise.
    """
    if isinstance(platform, str) and platform:
        return platform.lower().startswith("windows")
    if _WINDOWS.search(written):
        return True
    if escape != "`":
        return False
    image = parse_image(written)
    return image is None or not (image.name in AT_ROOT or image.name in ELSEWHERE)


def starts_as_root(reference: Value) -> bool:
    """Whether a RUN on this base image surely starts as root, without a USER in the file."""
    image = None if isinstance(reference, Unknown) else parse_image(reference)
    if image is None or _NOT_ROOT.search(image.tag or ""):
        return False
    return image.name in AT_ROOT or image.name in _ROOT


def initial_workdir(reference: Value, written: str) -> Value:
    """The directory in which a RUN starts on a base image; UNKNOWN for most images.

    `written` is the text of the FROM: where only its tag is not known, the repository may be enough.
    """
    if reference == "scratch":
        return "/"
    image = parse_image(written.partition(":")[0] if isinstance(reference, Unknown) else reference)
    if image is None or (image.tag and "onbuild" in image.tag):
        return UNKNOWN
    if image.name in AT_ROOT:
        return "/"
    if image.name == "php" and not isinstance(reference, Unknown):  # docker-library/php: only these two variants
        served = re.search(r"apache|fpm", image.tag or "")
        return "/var/www/html" if served else "/"
    return ELSEWHERE.get(image.name, UNKNOWN)
