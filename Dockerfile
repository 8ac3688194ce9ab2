# The operator image: Node.js and one bundled file.
#   docker build -t ptp-health-operator:0.1.0 .
#   docker build --build-arg BASE=REGISTRY/node:24 …   another base, for both stages
ARG BASE=docker.io/library/node:24-bookworm-slim
ARG BUILD_BASE=${BASE}

FROM ${BUILD_BASE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
# No install scripts: nothing that is downloaded runs before the bundler does.
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY . .
RUN npm run --silent build

FROM ${BASE}
LABEL org.opencontainers.image.title="ptp-health-operator" \
      org.opencontainers.image.description="Says for every node of a cluster whether its PTP time synchronisation is healthy, why, and what to do" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-old-space-size=512 --max-semi-space-size=8"
COPY --from=build /src/dist/ptp-health.js /app/ptp-health.mjs
# A number, so that runAsNonRoot can be checked without a passwd file.
USER 65532:65532
# The program handles SIGTERM itself: as process 1 it gets no default handlers.
ENTRYPOINT ["node", "/app/ptp-health.mjs"]
CMD ["operator"]
