FROM centos:7
MAINTAINER Ops Team <ops@example.com>
RUN yum -y update
RUN yum -y install epel-release
RUN yum -y install httpd mod_ssl
RUN yum clean all
COPY index.html /var/www/html/
CMD ["/usr/sbin/httpd", "-DFOREGROUND"]
