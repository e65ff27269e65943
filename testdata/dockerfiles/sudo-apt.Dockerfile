FROM gitpod/workspace-base
RUN sudo apt-get update && sudo apt-get install -y graphviz
RUN sudo rm -rf /var/lib/apt/lists/*
RUN brew install fzf && brew cleanup
