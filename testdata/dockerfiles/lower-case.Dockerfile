from debian:12 as Build
run apt-get update
run apt-get install -y make
copy . /src
workdir /src
run make
from debian:12-slim
copy --from=build /src/out /out
cmd ["/out"]
