# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN Invoke-WebRequest -Uri https://files.example.org/a.zip -OutFile C:\a.zip ; `
    Expand-Archive C:\a.zip -DestinationPath C:\a
RUN Remove-Item C:\a.zip
WORKDIR C:\a
ENTRYPOINT ["a.exe"]
