# escape=`
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
COPY app C:\app
RUN dir C:\app && `
    del C:\app\tmp.txt
RUN rmdir /s /q C:\app\cache
CMD C:\app\run.cmd
