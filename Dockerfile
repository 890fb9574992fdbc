# Debian 12 with what Millet needs, and nothing else: for CI, developers and readers.
#   docker build -t millet . && docker run --rm -it -v "$PWD":/millet millet make test
FROM debian:12
COPY tools/setup.sh /tmp/setup.sh
RUN /tmp/setup.sh all && rm -rf /tmp/setup.sh /var/lib/apt/lists/*
RUN git config --system --add safe.directory /millet
WORKDIR /millet
CMD ["make", "test"]
