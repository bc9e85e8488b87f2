# Pages first: they change least often together with the programs.
FROM node:20-bookworm-slim AS pages
WORKDIR /src/cloud/Console
COPY cloud/Console/package.json cloud/Console/package-lock.json cloud/Console/.npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY cloud/Console ./
RUN npm run build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS programs
WORKDIR /src
COPY . .
RUN dotnet build Presence.sln -c Release -v quiet

# The programs find each other, the rules and the pages as they lie in the source tree.
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS demo
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libpcap0.8 tzdata curl && rm -rf /var/lib/apt/lists/*
WORKDIR /presence
COPY --from=programs /src/Presence.sln ./
COPY --from=programs /src/cloud/Host/bin cloud/Host/bin
COPY --from=programs /src/edge-agent/Host/bin edge-agent/Host/bin
COPY --from=programs /src/tests/Trials/bin tests/Trials/bin
COPY --from=programs /src/rules/definitions rules/definitions
COPY --from=pages /src/cloud/Console/dist cloud/Console/dist
USER app
ENTRYPOINT ["dotnet", "tests/Trials/bin/Release/net10.0/presence-trials.dll"]
