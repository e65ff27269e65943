# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN Invoke-WebRequest https://example.com/a.zip -OutFile C:\a.zip
RUN Expand-Archive C:\a.zip -DestinationPath C:\a ; `
    Remove-Item C:\a.zip
RUN Write-Host done
