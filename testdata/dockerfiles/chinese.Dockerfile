# 基础镜像
FROM alpine:3.20
# 安装依赖 🐳
RUN apk add curl
RUN dd if=/dev/zero of=/数据 bs=1M count=1
# 删除
RUN rm /数据
