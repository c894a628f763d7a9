# syntax=docker/dockerfile:1
# karat in an image without a shell and without a package manager. It has no interpreter and no git:
# extractors that are programs, and `karat gate --base`, need an image of your own, which can take
# the program from this one (docs/INSTALL.md).

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
# The registry and the compiled dependencies stay in caches of the builder, so the program is copied
# out of the target folder in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --locked --profile dist --bin karat \
    && cp target/dist/karat /usr/local/bin/karat

# The C library of Debian 12, as in the stage before, and the certificates that HTTPS needs.
FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="karat" \
      org.opencontainers.image.description="Evaluation harness for extraction and summarization quality" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.source="https://github.com/karat-eval/karat" \
      org.opencontainers.image.documentation="https://github.com/karat-eval/karat/tree/main/docs"
COPY --from=build /usr/local/bin/karat /usr/local/bin/karat
WORKDIR /work
# The user `nonroot` of the image, by number: a cluster can see that it is not root.
USER 65532:65532
ENTRYPOINT ["karat"]
CMD ["--help"]
