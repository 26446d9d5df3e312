# The index and the tools in one image. The wheelhouse is a volume at /data.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /source
COPY . .
RUN python3 -m venv /opt/axletree \
    && /opt/axletree/bin/python -m pip install --no-cache-dir '.[cluster]'

FROM ${BASE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 axletree \
    && install -d -o axletree /data
COPY --from=build /opt/axletree /opt/axletree
ENV PATH=/opt/axletree/bin:$PATH \
    AXLETREE_HOME=/data
USER axletree
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["axletree"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
