# The gateway of a team: docs/TEAM-GATEWAY.md. It holds no key: keys come from the environment, and none is stored.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json tsconfig.json esbuild.js ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts/package ./scripts/package
COPY src ./src
RUN node esbuild.js --production

FROM node:24-slim
USER node
WORKDIR /home/node
COPY LICENSE ./
COPY --from=build /build/dist/gateway.js /build/dist/ThirdPartyNotices.txt ./
RUN mkdir -m 700 data
VOLUME /home/node/data
EXPOSE 8642
# The readiness goes red, requests are taken until balancers have seen it, answers finish, then it ends.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "gateway.js", "--data", "/home/node/data"]
CMD ["--help"]
