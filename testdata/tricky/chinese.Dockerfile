# 基础镜像
FROM debian:12
# 安装
RUN echo 你好 > /一
# 删除 🗑
RUN rm /一
RUN echo "é ü" > /b   
