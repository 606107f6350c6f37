# The image of every service: which one a container is, its command says (docker-compose.yml).

FROM rust:1.95-slim-bookworm AS build
WORKDIR /source
COPY . .
# the queries are checked against the committed .sqlx: no database here
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --package lanjie && cp target/release/lanjie /usr/local/bin/

FROM debian:bookworm-slim
# ca-certificates: to know a bank when we see it; curl: for the health check
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home lanjie
COPY --from=build /usr/local/bin/lanjie /usr/local/bin/lanjie
WORKDIR /lanjie
COPY config config
USER lanjie
EXPOSE 8110
CMD ["lanjie", "serve"]
