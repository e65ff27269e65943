# 基础镜像
FROM ubuntu:14.04
# 维护者
LABEL org.opencontainers.image.authors="ailala"
# 设置工作目录
WORKDIR /home
# 生成一个 50M 的文件
RUN dd if=/dev/zero of=50M.file bs=1M count=50 \
    # 删除这个文件
    && rm -rf 50M.file
