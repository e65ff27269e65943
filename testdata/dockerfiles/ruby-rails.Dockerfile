FROM ruby:3.3
ENV RAILS_ENV=production LANG=C.UTF-8
RUN apt-get update -qq && apt-get install -y nodejs postgresql-client
RUN mkdir /myapp
WORKDIR /myapp
ADD Gemfile Gemfile.lock /myapp/
RUN bundle install
ADD . /myapp
RUN bundle exec rake assets:precompile
RUN rm -rf tmp/cache
CMD bundle exec rails server -b 0.0.0.0
