# Two images. `netdiag` is netdiag alone; `openspg` is an OpenSPG server with netdiag on the PATH of `docker exec`:
#
#   docker build --target netdiag --tag netdiag .
#   docker build --target openspg --tag openspg-server:netdiag --build-arg OPENSPG_IMAGE=IMAGE .
#
# IMAGE is what OpenSPG's own docker-compose.yml names under services.server.image.
#
# PYTHON is the interpreter in IMAGE that netdiag's environment is made with, 3.10 or newer. OpenSPG 0.7 and 0.8 have
# one in /home/admin/miniconda3. OpenSPG 0.6 and older have only 3.8: put a relocatable Python for the image's glibc
# (2.31) beside this file, so that python/bin/python3 exists, and add
#   --build-arg PYTHON=/opt/netdiag/python/bin/python3
#
# To build without a network (--network none), bring netdiag and what it needs as wheels for the Python of the image:
#   pip wheel --wheel-dir wheels .
#
# BuildKit is not needed: nothing here is beyond the builder of Docker 20.10.

ARG BASE=python:3.12-slim
ARG OPENSPG_IMAGE=build-argument-openspg_image-is-missing


FROM ${BASE} AS source
COPY . /src/
WORKDIR /src
RUN mkdir -p python wheels \
    && if ls wheels/*.whl >/dev/null 2>&1; \
       then printf -- '--no-index\n--find-links /src/wheels\nnetdiag\n'; \
       else echo /src; \
       fi > requirements.txt


FROM source AS netdiag-environment
RUN python3 -m venv /opt/netdiag \
    && /opt/netdiag/bin/python -m pip install --quiet --compile --no-cache-dir --requirement requirements.txt \
    && /opt/netdiag/bin/python -m pip uninstall --quiet --yes pip setuptools


FROM ${BASE} AS netdiag
# The standard library comes without .pyc files in the official Python images: compiled once here, not at every start.
RUN python3 -m compileall -q -j 0 -x '/(test|idlelib|lib2to3|site-packages|dist-packages)/' \
        "$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')"
COPY --from=netdiag-environment /opt/netdiag /opt/netdiag
RUN ln -s /opt/netdiag/bin/netdiag /usr/local/bin/netdiag
WORKDIR /config
ENTRYPOINT ["netdiag"]


FROM ${OPENSPG_IMAGE} AS openspg-environment
ARG PYTHON=/home/admin/miniconda3/bin/python
COPY --from=source /src /src
COPY --from=source /src/python /opt/netdiag/python
RUN "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
    || { echo "netdiag needs Python 3.10 or newer; $PYTHON is older or missing: see PYTHON in its Dockerfile" >&2; exit 1; }
RUN "$PYTHON" -m venv /opt/netdiag \
    && /opt/netdiag/bin/python -m pip install --quiet --compile --no-cache-dir --requirement /src/requirements.txt \
    && /opt/netdiag/bin/python -m pip uninstall --quiet --yes pip setuptools


# KAG's packages stay as they are: netdiag lives in /opt/netdiag, and one link is added to a directory of the PATH.
FROM ${OPENSPG_IMAGE} AS openspg
COPY --from=openspg-environment /opt/netdiag /opt/netdiag
RUN ln -s /opt/netdiag/bin/netdiag /usr/local/bin/netdiag
