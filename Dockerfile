# syntax=docker/dockerfile:1
# Two stages: the first has pip and the sources, the second only what reads pages. TensorFlow,
# which is needed for training alone, is in neither.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/digitize
WORKDIR /src
# What is locked has layers of its own: a change of the code does not fetch it again.
COPY requirements.lock requirements-build.lock ./
RUN /opt/digitize/bin/pip install --require-hashes --only-binary=:all: -r requirements.lock
RUN pip install --require-hashes --only-binary=:all: -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY cli cli
COPY worker worker
COPY segmentation segmentation
COPY model model
# Built with the locked tools, which stay behind in this stage.
RUN pip wheel --no-build-isolation --no-deps --wheel-dir /wheels . \
    && /opt/digitize/bin/pip install --no-deps /wheels/*.whl \
    && /opt/digitize/bin/python -m compileall -q /opt/digitize/lib

FROM python:3.11-slim
# Any user will do (`user:` in docker-compose.yml), as long as it is not root.
RUN useradd --uid 1000 --no-create-home --shell /usr/sbin/nologin digitize \
    && install -d -o 1000 -g 1000 /jobs /scans
COPY --from=build /opt/digitize /opt/digitize
ENV PATH=/opt/digitize/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DIGITIZE_JOBS_DIR=/jobs
USER 1000:1000
WORKDIR /jobs
# SIGTERM is what makes a worker finish the page in hand and leave.
STOPSIGNAL SIGTERM
ENTRYPOINT ["digitize"]
CMD ["--help"]
