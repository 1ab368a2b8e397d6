# A stand-in for Docker Hub's elasticsearch:VERSION: Elastic's archive as it is, on a Java that is at
# hand, in the surroundings that Elastic's image of that version gives it.

ARG JAVA
FROM tend-java:${JAVA} AS archive
COPY elasticsearch.zip /tmp/
RUN unzip -q /tmp/elasticsearch.zip -d /tmp \
    && mv /tmp/elasticsearch-*/ /elasticsearch \
    && rm -f /elasticsearch/bin/*.bat /elasticsearch/bin/*.exe \
    && ln -s /usr/lib/jvm/elasticsearch /elasticsearch/jdk
WORKDIR /elasticsearch
COPY elasticsearch.yml config/
# A heap that lets several of them run beside each other: Elasticsearch's own choice is half of the
# machine's memory, taken at once. (7.3 has no such directory, and 1 GiB.)
RUN if [ -d config/jvm.options.d ]; then \
        printf '%s\n' -Xms512m -Xmx512m >config/jvm.options.d/heap.options; \
    fi
# From version 8 on security is on unless it is switched off; before, it is not even known to all.
ARG VERSION
RUN case $VERSION in 7.*) ;; *) echo 'xpack.security.enabled: false' >>config/elasticsearch.yml ;; esac \
    && mkdir -p data logs plugins \
    && chown -R 1000:0 config data logs plugins \
    && chmod -R ug=rwX,o=rX config data logs plugins

FROM tend-java:${JAVA} AS files
COPY --from=archive /elasticsearch /usr/share/elasticsearch
COPY docker-entrypoint.sh /usr/local/bin/
ENV PATH=/usr/share/elasticsearch/bin:$PATH ELASTIC_CONTAINER=true
WORKDIR /usr/share/elasticsearch
EXPOSE 9200 9300

# Up to 7.6 Elastic's image starts as root and has no init.
FROM files AS root
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
CMD ["eswrapper"]

# Up to 7.17.
FROM files AS root-tini
ENTRYPOINT ["/bin/tini", "--", "/usr/local/bin/docker-entrypoint.sh"]
CMD ["eswrapper"]

# From 8.0 on.
FROM files AS user-tini
USER 1000:0
ENTRYPOINT ["/bin/tini", "--", "/usr/local/bin/docker-entrypoint.sh"]
CMD ["eswrapper"]
